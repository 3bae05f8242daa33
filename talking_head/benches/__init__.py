"""The bench of the face: speed by stage, what is re-detected of what was asked for, identity, emotion, lips, stillness.

python -m talking_head.benches --write docs/face_bench.md       all figures
python -m talking_head.benches.sheets PHOTOGRAPHS docs/faces    contact sheets and films, to be looked at
"""

"""The bench of the voice: ours beside the rules, the uncut acoustic model, and a small synthesiser of others.

python -m tts.benches --lines 12 --scratch FOLDER --write docs/tts_bench.md
"""

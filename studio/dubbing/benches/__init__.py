"""The bench of the dub: a film of any length made by this project's own engines, dubbed, killed and measured.

python -m studio.dubbing.benches --face ANNA.jpeg --face BEN.jpeg --group GROUP.jpeg --write docs/dub_bench.md
"""

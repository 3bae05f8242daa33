"""Model files: manifest.toml says where each comes from; the small ones trained or derived here lie beside it."""

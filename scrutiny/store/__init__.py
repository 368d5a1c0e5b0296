"""Our own files: TOML on disk, read with suspicion and replaced whole or not at all."""

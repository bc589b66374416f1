"""Reports on paper: what typst sets, and with which fonts."""

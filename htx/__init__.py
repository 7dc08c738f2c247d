"""``htx``: settings, the nightly run and the command line."""

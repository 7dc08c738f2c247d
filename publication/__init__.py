"""Candidate to release: what is published, how it is swapped in, taken back, compared, explained and shown."""

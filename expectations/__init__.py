"""The data-quality gates: suites as data (one YAML file a gate and subject) and the one runner that applies them."""

"""Speed and memory as ratios, measured side by side: ``python -m tests.benchmarks`` from the root of the checkout."""

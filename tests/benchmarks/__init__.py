"""What is measured, never in the test run: `python -m tests.benchmarks`."""

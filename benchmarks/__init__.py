"""Benchmarks: what each tool costs relative to a tool that does nothing, on the same server in the same run."""

"""What a person or a model is shown, and in which words: for tools, the command line and pages alike."""

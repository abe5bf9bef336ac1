"""What an operator is told of a server at work: log lines, numbers and traces, and never what anybody wrote or sent."""

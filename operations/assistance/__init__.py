"""What a connection offers to an assistant beside tools: prompts, skills, and what completes their arguments."""

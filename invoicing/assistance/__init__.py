"""What an organization's people write down for an assistant: agents, which it offers as prompts, and skills."""

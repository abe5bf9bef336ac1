"""What an organization keeps to write documents with, and how it is named and identified."""

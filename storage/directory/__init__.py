"""The directory database: users, organizations, memberships, sessions, credentials and anchors, with their queries."""

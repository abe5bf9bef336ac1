"""Authorization: client programs ask, people allow them connections, and tokens open those until they end."""

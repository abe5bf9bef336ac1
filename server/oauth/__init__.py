"""OAuth and OpenID Connect over HTTP: what is fetched from elsewhere, and who vouches for whom."""

"""What settles a document after it was issued: money, credits, discounts taken, differences; and how that is posted."""

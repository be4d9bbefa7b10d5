"""Package data: labels, places, published tables, frameworks and the embedded sample."""

"""From a file to checked rows: encodings, forms, headers, values, organisations."""

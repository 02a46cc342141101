"""What all pages share: language, layout, errors, protection, static files."""

"""How every page looks and behaves: templates, forms, tables, figures, downloads, headers, health and logs."""

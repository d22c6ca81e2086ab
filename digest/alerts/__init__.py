"""What the operator hears, and how."""

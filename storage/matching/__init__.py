"""Pages that are one document: links between them, people's word, signatures."""

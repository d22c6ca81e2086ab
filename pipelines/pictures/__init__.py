"""Text in pictures: scanned pages, notices that are pictures. Read apart, and never believed as
printed text is."""

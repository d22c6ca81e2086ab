"""An issue on its way: the ledger's passes, mails, group robots, and the sink of the tests."""

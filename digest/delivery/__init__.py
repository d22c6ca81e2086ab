"""An issue on its way: the ledger's passes, mails, chat bots, and the sink of the tests."""

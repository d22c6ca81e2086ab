"""Who gets what, and what became of it: subscribers, ledgers, bounces, mailboxes."""

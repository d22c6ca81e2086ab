"""What each verb of the `zhengxun` command does; `cli` parses, these do and return an exit code."""

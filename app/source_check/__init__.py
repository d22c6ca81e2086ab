"""`zhengxun sources check --all`: every site asked now, what was read of it, and what would mend
what was not. Nothing is stored."""

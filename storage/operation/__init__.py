"""What keeps the store and its operator well: alarms, copies, upkeep, counts."""

"""The commands of ``yuimaru``, one file each, and what they share; nothing heavy is imported before one needs it."""

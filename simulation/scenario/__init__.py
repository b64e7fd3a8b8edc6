"""The file a user writes, turned into a frozen, validated Spec."""

"""How fast is it? Each stage beside a yardstick in the same run: machines are shared, ratios are not."""

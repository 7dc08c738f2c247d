"""Vietnamese as offices write it: text folding, numbers, money, dates, encodings, place names."""

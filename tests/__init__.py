"""The tests: pure logic first, then readers by case tables, then the wire, then real parts."""

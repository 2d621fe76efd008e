"""What bin/demo, bin/test and bin/lock share: only the standard library, so that a bare machine will do."""

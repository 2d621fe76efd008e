"""What bin/demo, bin/test and bin/lock share: the standard library only, so that they start on a bare machine."""

"""One HTTP house: safety, limits and a thread that serves, for whatever moves in; the live page lives in `live`."""

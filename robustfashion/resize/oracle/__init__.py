"""The real JDK and image libraries for Java, run to prove the emulated resizers: Java sources and what calls them."""

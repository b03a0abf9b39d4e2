internal import CLinux

/// The memory that the process has from the system for its objects.
public enum Heap {
  /// Gives back what is free in it, as after a large file was read: malloc keeps most of that otherwise (malloc_trim(3)).
  public static func giveBackFreeMemory() { linux_trim_heap() }
}

internal import CLinux

/// The memory that the process has from the system for its objects.
public enum Heap {
  /// Has all threads share one heap (mallopt(3), M_ARENA_MAX); to be called before there is a second thread.
  ///
  /// One queue does the work, and Dispatch serves it with one thread after another: with a heap for each, what was freed by
  /// one is of no use to the next.
  public static func share() { linux_share_heap() }

  /// Gives back what is free in it, as after a large file was read: malloc keeps most of that otherwise (malloc_trim(3)).
  public static func giveBackFreeMemory() { linux_trim_heap() }
}

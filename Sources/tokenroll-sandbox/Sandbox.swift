@main
struct Sandbox {
  static func main() {}
}

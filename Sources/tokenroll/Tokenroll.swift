@main
struct Tokenroll {
  static func main() {}
}

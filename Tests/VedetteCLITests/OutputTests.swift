import Foundation
import Testing

@Suite("What is printed")
struct OutputTests {
  @Test("results that can't be written end with a sentence and 2, a reader that left with 0")
  func fullDevice() throws {
    let vedette = try CommandRunner()
    let full = try vedette.shell(#""$VEDETTE" rules list >/dev/full"#)
    #expect(full.status == 2)
    #expect(full.errors.contains("standard output can't be written: No space left on device"))
    let closed = try vedette.shell(#"("$VEDETTE" rules list; echo "status $?") | head -n 1"#)
    #expect(closed.status == 0)
    #expect(!closed.errors.contains("can't be written"))
  }

  @Test("what a rule's title and file name bring along is shown and not obeyed")
  func hostileNames() throws {
    let vedette = try CommandRunner()
    let rule = """
      title: "evil \\e]52;c;aGk=\\a \\u202Egnp"
      id: 0b5f5d0e-6c2f-4d0e-8f52-1c3d2f0d9a11
      level: high
      logsource:
        product: linux
      detection:
        keywords:
          - session
        condition: keywords
      """
    try vedette.write("r\u{1b}[2J.yml", rule)
    try vedette.write("a.log", "Mar  2 10:14:07 web01 sshd[1]: session opened\n")
    let commands = [
      ["rules", "list", ".", "-o", "table"], ["rules", "test", "."],
      ["explain", "a.log", "--rules", "."], ["doctor", "--db", "no\u{1b}]52;c;aGk=\u{7}.db"],
    ]
    for arguments in commands {
      let line = arguments.map { "'\($0)'" }.joined(separator: " ")
      let result = try vedette.shell(#""$VEDETTE" \#(line)"#)
      let text = result.output + result.errors
      #expect(!text.isEmpty)
      #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{7}" || $0 == "\u{202e}" })
    }
  }
}

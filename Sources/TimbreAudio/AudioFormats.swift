import CSndfile

/// The name of a libsndfile format as people write it.
func formatName(_ format: Int32) -> String {
  switch Int(format) & Int(SF_FORMAT_TYPEMASK) {
  case Int(SF_FORMAT_WAV), Int(SF_FORMAT_WAVEX), Int(SF_FORMAT_RF64): "WAV"
  case Int(SF_FORMAT_FLAC): "FLAC"
  case Int(SF_FORMAT_OGG): "OGG"
  case Int(SF_FORMAT_MPEG): "MP3"
  case Int(SF_FORMAT_AIFF): "AIFF"
  case Int(SF_FORMAT_AU): "AU"
  case Int(SF_FORMAT_CAF): "CAF"
  case Int(SF_FORMAT_W64): "W64"
  default: "other"
  }
}

private let known = "WAV, FLAC, OGG, MP3 and AIFF can be read"

/// Why libsndfile may have turned down a file that begins like this.
///
/// Its own message comes through a variable that all threads share, so that it may belong to another file.
func unrecognised(_ bytes: [UInt8]) -> (message: String, help: String) {
  func begins(_ text: String, at start: Int = 0) -> Bool { bytes.dropFirst(start).starts(with: text.utf8) }
  let name: String? =
    if begins("RIFF") || begins("RIFX") || begins("RF64") {
      "WAV"
    } else if begins("FORM") {
      "AIFF"
    } else if begins("fLaC") {
      "FLAC"
    } else if begins("OggS") {
      "OGG"
    } else if begins("ID3") {
      "MP3"
    } else {
      nil
    }
  if let name {
    return (
      "the \(name) header is cut off, damaged, or of a kind that is not supported",
      "copy, download or convert the file again"
    )
  }
  if begins("ftyp", at: 4) {
    return ("this is an MP4 or M4A file, which is not supported", known + "; convert it first")
  }
  let isText = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
  return (isText ? "this is a text file, not audio" : "this is not audio of a known format (or has no header)", known)
}

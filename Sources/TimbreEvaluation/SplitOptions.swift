import TimbreCore

/// What goes to one side as a whole.
public enum SplitUnit: String, ParameterValue, CaseIterable, Hashable {
  case speaker, clip, column, row
}

/// A side of a split as the workflow asks for it: a share of the units, or named speakers or column values.
public enum SplitPart: ParameterValue, Hashable {
  case share(Double)
  case names([String])

  public static let parameterType = ParameterType.oneOf([
    .number(.fraction), .list(of: .string, count: 1...Int.max),
  ])

  public init?(json: JSONValue) {
    if let share = json.doubleValue {
      self = .share(share)
    } else if let names = [String](json: json) {
      self = .names(names)
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .share(let share): share.json
    case .names(let names): names.json
    }
  }
}

/// How often the data is divided anew, so that everything is tested once.
public enum Folds: ParameterValue, Hashable {
  case count(Int)
  case leaveOneOut

  public static let parameterType = ParameterType.oneOf([.int(2...10_000), .choice(["leave_one_out"])])

  public init?(json: JSONValue) {
    if let count = json.intValue {
      self = .count(count)
    } else if json.stringValue == "leave_one_out" {
      self = .leaveOneOut
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .count(let count): .int(count)
    case .leaveOneOut: "leave_one_out"
    }
  }
}

/// The views of a test clip that are tested.
public enum TestViews: ParameterValue, Hashable {
  case original, all
  case names([String])

  public static let parameterType = ParameterType.oneOf([
    .choice(["original", "all"]), .list(of: .string, count: 1...Int.max),
  ])

  public init?(json: JSONValue) {
    switch json.stringValue {
    case "original": self = .original
    case "all": self = .all
    default:
      guard let names = [String](json: json) else { return nil }
      self = .names(names)
    }
  }

  public var json: JSONValue {
    switch self {
    case .original: "original"
    case .all: "all"
    case .names(let names): names.json
    }
  }

  func includes(_ view: String) -> Bool {
    switch self {
    case .original: view == "original"
    case .all: true
    case .names(let names): names.contains(view)
    }
  }
}

/// The `split` object of a workflow.
public struct SplitOptions: RecordValue, Hashable {
  public var by = SplitUnit.speaker
  /// nil stands for the unit's own default; see `filled`.
  public var test: SplitPart?
  /// nil divides once.
  public var folds: Folds?
  public var validation = SplitPart.share(0)
  public var column: String?
  public var stratify = true
  /// nil stands for the unit's own default; see `filled`.
  public var testViews: TestViews?
  public var allowLeak = false
  public var seed: Int?

  public init() {}

  public static let parameters: [Parameter<SplitOptions>] = [
    .choice(
      "by", \.by,
      "What goes to one side as a whole: a speaker, a clip, a value of a column, or a row (a view of a clip)."),
    .value(
      "test", \.test,
      "Share of the speakers, clips or rows to test on, or a list of speakers or column values. By default 0.2; by column [\"test\"]."
    ),
    .value(
      "folds", \.folds,
      "Number of folds, each tested once on what the others trained; \"leave_one_out\": one for each speaker, clip or value. null: one split."
    ),
    .value(
      "validation", \.validation,
      "Share of all speakers, clips or rows that is kept out of training to watch it, or a list as for test."),
    .string("column", \.column, "The attribute of the clips that says the side, for a split by column."),
    .bool("stratify", \.stratify, "Whether each class is split in the same proportion, for a split by clip or row."),
    .value(
      "test_views", \.testViews,
      "Views of test and validation clips that are used: original, all, or a list. By default original; by row all."),
    .bool(
      "allow_leak", \.allowLeak,
      "Whether to go on when test recordings also occur in training; the report then says so."),
    .int("seed", \.seed, in: 0...Int.max, "Seed of the draw; by default the workflow's."),
  ]

  /// The same options with the defaults of the unit written out.
  public var filled: SplitOptions {
    var copy = self
    if folds == nil { copy.test = test ?? (by == .column ? .names(["test"]) : .share(0.2)) }
    copy.testViews = testViews ?? (by == .row ? .all : .original)
    return copy
  }

  /// Whether the options alone say that views of one clip end up on both sides.
  public func leaks(viewCount: Int) -> Bool { by == .row && viewCount > 1 }
}

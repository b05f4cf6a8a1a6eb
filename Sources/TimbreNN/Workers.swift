import Dispatch
import Synchronization

/// Threads that share tasks out among themselves. Which thread works which task must not matter to the result.
struct Workers {
  let count: Int

  /// - Throws: A diagnostic where OpenBLAS, which every task needs, is not there.
  init(_ jobs: Int) throws {
    count = Swift.max(1, jobs)
    _ = try OpenBLAS.library()
  }

  /// Works tasks 0 ..< tasks; `body` is given the task and the worker, for scratch memory of its own.
  func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    let threads = Swift.min(count, tasks)
    if threads <= 1 {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      // Tasks write to places of their own, and the call returns when all are done.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: threads) { worker in
        while true {
          let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if task >= tasks { return }
          unsafe body(task, worker)
        }
      }
    }
  }
}

/// Does something on another thread, and goes on.
func onAnotherThread(_ work: @escaping @Sendable () -> Void) { DispatchQueue.global().async(execute: work) }
